import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

/** What is compared: a process of its own that answers one question at a time. */
export interface Subject {
  /** @param workMs what is asked for takes so long by itself; the answer is waited for a while beyond that */
  ask<Answer>(question: unknown, workMs?: number): Promise<Answer>
  stop(): Promise<void>
}

const patienceMs = 60_000

/** Starts test/bench/<file> as a subject and waits until it is ready. Its standard output is thrown away. */
export async function startSubject(file: string, options: object): Promise<Subject> {
  // An argument may not be longer than 128 KiB on Linux, and thousands of bearers are.
  const optionsFile = join(tmpdir(), `tenantry-bench-${randomUUID()}.json`)
  writeFileSync(optionsFile, JSON.stringify(options), { mode: 0o600 })
  const child = fork(join(import.meta.dirname, file), [optionsFile], {
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async () => {
    if (child.connected) child.disconnect()
    const timer = setTimeout(() => child.kill('SIGKILL'), 5000)
    await ended
    clearTimeout(timer)
    rmSync(optionsFile, { force: true })
  }
  try {
    await nextMessage(child)
  } catch (error) {
    await stop()
    throw error
  }
  let isAsked = false
  return {
    ask: async <Answer>(question: unknown, workMs = 0) => {
      if (!child.connected) throw new Error(`${file} has ended`)
      if (isAsked) throw new Error(`${file} has not answered what it was asked before`)
      isAsked = true
      try {
        const answered = nextMessage(child, workMs + patienceMs)
        // That it cannot be sent any more is told by the child's end.
        child.send(question as object, () => undefined)
        return (await answered) as Answer
      } finally {
        isAsked = false
      }
    },
    stop,
  }
}

function nextMessage(child: ChildProcess, withinMs = patienceMs): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(`has not answered in ${withinMs / 1000} seconds`), withinMs)
    const onExit = () => fail('has ended')
    const onMessage = (message: unknown) => {
      clear()
      const { error, answer } = message as { error?: string; answer?: unknown }
      if (error === undefined) resolve(answer)
      else reject(new Error(error))
    }
    function clear() {
      clearTimeout(timer)
      child.off('exit', onExit).off('message', onMessage)
    }
    function fail(what: string) {
      clear()
      reject(new Error(`${basename(child.spawnargs[1] ?? '')} ${what}`))
    }
    child.once('exit', onExit).once('message', onMessage)
  })
}

/** What a subject was started with. */
export function readOptions<Options>(): Options {
  const file = process.argv[2] as string
  const options = JSON.parse(readFileSync(file, 'utf8')) as Options
  rmSync(file)
  return options
}

/** The subject's side: says that it is ready, answers, and ends with the process that started it. */
export function answerQuestions(answer: (question: never) => Promise<unknown>): void {
  process.on('disconnect', () => process.exit(0))
  process.on('message', (question) => {
    answer(question as never).then(
      (value) => process.send?.({ answer: value }),
      (error: Error) => process.send?.({ error: error.stack ?? error.message }),
    )
  })
  process.send?.({})
}

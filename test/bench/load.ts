import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { LoadQuestion } from './load-client.ts'
import type { Measured } from './rounds.ts'
import type { Bearer } from './stage.ts'
import { type Subject, startSubject } from './subject.ts'

/** Which request is repeated, as a random bearer each time. */
export interface LoadOptions {
  method: 'GET' | 'POST'
  path: string
  body?: string
  bearers: Bearer[]
  /** Whether answers other than 2xx are part of it. Otherwise one of them ends the measurement. */
  mayFail?: boolean
}

/** What one run of the load saw. */
export interface LoadAnswer {
  requests: number
  seconds: number
  /** Answers other than 2xx, and lost connections. */
  failures: number
  p50Ms: number
  p99Ms: number
}

/** A process that keeps 32 connections busy. */
export interface Load {
  by: 'wrk' | 'a client in Node'
  measure(server: Subject, milliseconds: number): Promise<Measured>
  stop(): Promise<void>
}

const connections = 32
const run = promisify(execFile)

/** Load by wrk when it is installed, else by a client of ours, which takes more of the processor. */
export async function openLoad(folder: string, options: LoadOptions): Promise<Load> {
  // wrk ends with 1 and its version when asked for it; without a wrk there is no standard output.
  const version = await run('wrk', ['--version']).catch((error) => error)
  return String(version.stdout).startsWith('wrk ') ? openWrk(folder, options) : openClient(options)
}

async function openWrk(folder: string, options: LoadOptions): Promise<Load> {
  const script = join(folder, `${options.method}.lua`)
  await writeFile(script, toLua(options))
  return {
    by: 'wrk',
    measure: measureWith(options, async (url, milliseconds) => {
      const duration = `${Math.max(1, Math.round(milliseconds / 1000))}s`
      const parameters = ['-t1', `-c${connections}`, `-d${duration}`, '--latency', '-s', script, url]
      const { stdout } = await run('wrk', parameters, { timeout: milliseconds + 20_000 })
      return JSON.parse(stdout.slice(stdout.lastIndexOf('\n{'))) as LoadAnswer
    }),
    stop: async () => undefined,
  }
}

async function openClient(options: LoadOptions): Promise<Load> {
  const client = await startSubject('load-client.ts', { ...options, connections })
  return {
    by: 'a client in Node',
    measure: measureWith(options, (url, milliseconds) =>
      client.ask<LoadAnswer>({ url, milliseconds } satisfies LoadQuestion),
    ),
    stop: () => client.stop(),
  }
}

function measureWith(
  { mayFail }: LoadOptions,
  load: (url: string, milliseconds: number) => Promise<LoadAnswer>,
): Load['measure'] {
  return async (server, milliseconds) => {
    const url = await server.ask<string>('url')
    const before = await server.ask<NodeJS.CpuUsage>('cpu')
    const { requests, seconds, failures, p50Ms, p99Ms } = await load(url, milliseconds)
    const after = await server.ask<NodeJS.CpuUsage>('cpu')
    if (failures > 0 && !mayFail) throw new Error(`${failures} of ${requests} requests failed`)
    const cpuMicros = (after.user - before.user + after.system - before.system) / requests
    return { perSecond: requests / seconds, cpuMicros, p50Ms, p99Ms, failed: failures / requests }
  }
}

/** wrk's script: prepares every request once, sends a random one each time, ends with one line of JSON. */
function toLua({ method, path, body, bearers }: LoadOptions): string {
  const json = body === undefined ? '' : ', ["Content-Type"] = "application/json"'
  const lines = bearers.map(
    ({ tenantId, token }) =>
      `  { ["Authorization"] = "Bearer ${token}", ["X-Tenant-ID"] = "${tenantId}"${json} },`,
  )
  return `local headers = {
${lines.join('\n')}
}
local requests = {}
function init()
  for i, each in ipairs(headers) do
    requests[i] = wrk.format("${method}", "${path}", each, ${body === undefined ? 'nil' : `[[${body}]]`})
  end
end
function request()
  return requests[math.random(#requests)]
end
function done(summary, latency)
  local failed = summary.errors
  local failures = failed.connect + failed.read + failed.write + failed.status + failed.timeout
  print(string.format('\\n{"requests":%d,"seconds":%f,"failures":%d,"p50Ms":%f,"p99Ms":%f}', summary.requests,
    summary.duration / 1e6, failures, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
`
}

import { Option } from 'commander'
import { loadEnvironment, readConfig } from '../config.ts'
import { rotateKeys } from '../features/sessions/signing-keys.ts'
import { parseWhole } from './arguments.ts'
import type { AddCommand } from './command.ts'
import { clock, withDatabase } from './database.ts'
import { exitCodes, print } from './output.ts'

/** `rotate-keys`: adds a signing key. */
export const addRotateKeys: AddCommand = (program, done) => {
  program
    .command('rotate-keys')
    .description('add a key to sign tokens with; those before it stay good for as long as their tokens are')
    .option(
      '--in <seconds>',
      'how long it is published before it signs (60)',
      parseWhole('It is a number of seconds such as 60.'),
    )
    .addOption(
      new Option(
        '--remove-others',
        'after a theft: remove all other keys, and sign with it at once; for a second some processes refuse its tokens',
      ).conflicts('in'),
    )
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  npm run cli -- rotate-keys --in 300')
    .action(async (options: { removeOthers?: boolean; in?: number; json?: boolean }) => {
      const { removeOthers = false, in: aheadSeconds } = options
      const rotation = await withDatabase(readConfig(loadEnvironment()), ({ db, secret }) =>
        rotateKeys(
          { db, clock, secret },
          { removeOthers, ...(aheadSeconds !== undefined && { aheadSeconds }) },
        ),
      )
      const { kid, active_from, removed } = rotation
      print(options.json, rotation, () =>
        [
          `${kid} signs from ${active_from.toISOString()} on`,
          ...removed.map((each) => `${each} is removed`),
        ].join('\n'),
      )
      done(exitCodes.ok)
    })
}

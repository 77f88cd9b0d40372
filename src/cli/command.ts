import type { Command } from 'commander'

/**
 * Adds one command to the command line. What it does calls `done` with the exit code, one of exitCodes; what it throws
 * is told on standard error and ends in exitCodes.failed.
 */
export type AddCommand = (program: Command, done: (code: number) => void) => void

import type { Part } from '../parts.ts'
import { growth } from './growth.ts'
import { login } from './login.ts'
import { noisy } from './noisy.ts'
import { postgresTime } from './postgres-time.ts'
import { processes } from './processes.ts'
import { signup } from './signup.ts'
import { start } from './start.ts'

/** What is measured beside the comparison of servers; the one that takes ten minutes comes last. */
export const sideParts: Part[] = [postgresTime, ...growth, noisy, processes, login, signup, start]

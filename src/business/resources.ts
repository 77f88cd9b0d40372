import type { Route } from '../http/route.ts'
import { clients } from './crm/clients.ts'
import type { AnyResource } from './define-resource.ts'

/** Every business table there is: its routes, its place in the menu and the attacks on it follow from this list. */
export const resources: readonly (AnyResource & { routes: Record<string, Route> })[] = [clients]

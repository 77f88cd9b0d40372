import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What is counted, for Prometheus. Labels never hold a tenant, a user or a value from a request. */
export type Metrics = ReturnType<typeof createMetrics>

/** Makes the metrics of one process, in a registry of their own. */
export function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  return {
    registry,
    requests: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Requests by method, declared path and status',
      labelNames: ['method', 'path', 'status'] as const,
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    }),
    connectionsRefused: new Counter({
      name: 'connections_refused_total',
      help: 'Connections of callers that were closed at once because there were too many',
      registers,
    }),
    connections: new Gauge({
      name: 'database_connections',
      help: 'Database connections by pool and state',
      labelNames: ['pool', 'state'] as const,
      registers,
    }),
    jobs: new Counter({
      name: 'jobs_total',
      help: 'Jobs by task and outcome',
      labelNames: ['task', 'outcome'] as const,
      registers,
    }),
    billingEvents: new Counter({
      name: 'billing_events_total',
      help: 'Events of Stripe by what became of them on coming in: stored, duplicate, ignored, unmatched, refused',
      labelNames: ['outcome'] as const,
      registers,
    }),
    billingRepairs: new Counter({
      name: 'billing_repairs_total',
      help: 'Tenants that the reconciliation found to be otherwise than Stripe says, and put right: events were missed',
      registers,
    }),
    seatCountersOff: new Counter({
      name: 'seat_counters_off_total',
      help: 'Counters of seats that a recount put right: bugs of ours',
      registers,
    }),
    requestsOverPlan: new Counter({
      name: 'requests_over_plan_total',
      help: "Requests refused because their tenant had used up its plan's requests of the minute",
      registers,
    }),
    databaseProblems: new Gauge({
      name: 'database_problems',
      help: 'Where the database is not as isolation needs it, by check: looked at once an hour, those that are fatal in /health/ready',
      labelNames: ['check', 'severity'] as const,
      registers,
    }),
    unhandledRejections: new Counter({
      name: 'unhandled_rejections_total',
      help: 'Promises that failed without anybody waiting for them: bugs of ours',
      registers,
    }),
  }
}

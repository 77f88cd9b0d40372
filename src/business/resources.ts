import type { Route } from '../http/route.ts'
import { invoices } from './accounting/invoices.ts'
import { businessAnalyses } from './ai/business-analyses.ts'
import { credentials } from './automation/credentials.ts'
import { workflows } from './automation/workflows.ts'
import { savedQueriesOver } from './bi/saved-queries.ts'
import { articles } from './content/articles.ts'
import { clients } from './crm/clients.ts'
import { deals } from './crm/deals.ts'
import { leads } from './crm/leads.ts'
import type { AnyResource } from './define-resource.ts'
import { knowledgeDocuments } from './knowledge/knowledge-documents.ts'
import { materialCategories } from './production/material-categories.ts'
import { productionOrders } from './production/production-orders.ts'
import { sites } from './production/sites.ts'
import { projects } from './projects/projects.ts'
import { voiceConversations } from './voice/voice-conversations.ts'
import { voiceTranscriptions } from './voice/voice-transcriptions.ts'

/** Every business table there is: its routes, its place in the menu and the attacks on it follow from this list. */
export const resources: readonly (AnyResource & { routes: Record<string, Route> })[] = [
  clients,
  leads,
  deals,
  invoices,
  knowledgeDocuments,
  workflows,
  credentials,
  articles,
  projects,
  sites,
  productionOrders,
  materialCategories,
  voiceTranscriptions,
  voiceConversations,
  businessAnalyses,
  // Over all of them, which are there by the time that one is run.
  savedQueriesOver(() => resources),
]

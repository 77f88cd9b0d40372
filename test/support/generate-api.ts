import { writeFile } from 'node:fs/promises'
import { apiFiles, describeApi } from './api-files.ts'

// Run as a script after a route was changed: writes src/openapi.json and src/client/api.ts.
const { document, types } = await describeApi()
await writeFile(apiFiles.document, document)
await writeFile(apiFiles.types, types)

import { writeFile } from 'node:fs/promises'
import { cloneDatabase, createTemplate, startCluster } from './cluster.ts'
import { describeSchema, schemaFiles } from './schema-files.ts'

// Run as a script after a migration was added: writes db/schema.sql, db/grants.txt and src/db/schema.ts.
const cluster = await startCluster()
const template = await createTemplate(cluster)
const database = await cloneDatabase(cluster, template.name)
try {
  const { dump, grants, types } = await describeSchema(database)
  await writeFile(schemaFiles.dump, dump)
  await writeFile(schemaFiles.grants, grants)
  await writeFile(schemaFiles.types, types)
} finally {
  await database.drop()
  await template.drop()
  await cluster.stop()
}

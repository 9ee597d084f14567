// Reads diagrams with Mermaid's parser, one from each file that is named, and prints what
// it has read, a JSON object a line: texts as a reader sees them.
import { JSDOM } from 'jsdom'
import fs from 'node:fs'

globalThis.window = new JSDOM('').window
globalThis.document = window.document
const { default: mermaid } = await import('mermaid')
// Mermaid keeps its entities in this form until all is drawn.
const seen = (text) => text.replace(/ﬂ°°(\d+)¶ß/g, (_, code) => String.fromCodePoint(code))
for (const file of process.argv.slice(2)) {
  const text = fs.readFileSync(file, 'utf8')
  await mermaid.parse(text)
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(text)
  const tables = [...db.getEntities()].map(([id, e]) => ({
    id: e.id,
    name: seen(e.alias || id),
    columns: e.attributes.map((a) => ({ type: a.type, name: a.name, keys: a.keys, note: seen(a.comment) })),
  }))
  const references = db.getRelationships().map((r) => ({ parent: r.entityA, child: r.entityB, label: seen(r.roleA), ...r.relSpec }))
  console.log(JSON.stringify({ tables, references }))
}

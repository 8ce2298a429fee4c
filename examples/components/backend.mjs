// The model backend: answers by what its model files say. A real one would compute more.
import { readFile } from 'node:fs/promises'
import { serve } from './serve.mjs'

serve('backend', Number(process.env.PORT), async ({ prompt }) => {
  const model = JSON.parse(await readFile('/model/model.json', 'utf8'))
  return { model: model.name, tool: model.answers[prompt] ?? null }
})

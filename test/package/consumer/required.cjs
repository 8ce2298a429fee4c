const nskit = require('nskit')
const raw = require('nskit/raw')

import('./exercise.mjs')
  .then(({ exercise }) => exercise(nskit, raw))
  .then((used) => console.log(JSON.stringify(used)))

// Two threads use the package at once, and then the first has gone: each has its own copy, of one addon.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import * as nskit from 'nskit'
import * as raw from 'nskit/raw'
import { exercise } from './exercise.mjs'

const workers = ['./imported.mjs', './required.cjs'].map((file) => new Worker(new URL(file, import.meta.url)))
const codes = await Promise.all(workers.map((worker) => once(worker, 'exit')))
assert.deepEqual(codes, [[0], [0]])
console.log(JSON.stringify(await exercise(nskit, raw)))

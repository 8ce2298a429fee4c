import * as nskit from 'nskit'
import * as raw from 'nskit/raw'
import { exercise } from './exercise.mjs'

console.log(JSON.stringify(await exercise(nskit, raw)))

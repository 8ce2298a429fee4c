import { testKernel } from '../matrix'

testKernel('5.10')

import { testKernel } from '../matrix'

testKernel('this')

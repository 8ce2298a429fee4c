import { testKernel } from '../matrix'

testKernel('6.12')

import { InvalidInput, Overloaded } from '../common/problem.interface.js'
import { createUnion, problemOr } from '../common/union.js'
import { CreatedUpload } from './upload.type.js'

export const CreateUploadResult = createUnion({
  name: 'CreateUploadResult',
  description: 'The upload, or why there is none.',
  types: [CreatedUpload, InvalidInput, Overloaded],
  typeName: problemOr('CreatedUpload'),
})

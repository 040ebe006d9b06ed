const PROBLEM = '... on Problem { code message retryable }'

export const FIND_BASE = `query ($name: String!) { knowledgeBase(name: $name) { id } }`

export const CREATE_BASE = `mutation ($input: CreateKnowledgeBaseInput!) {
  createKnowledgeBase(input: $input) { ... on KnowledgeBase { id } ${PROBLEM} }
}`

export const DOCUMENTS = `query ($name: String!, $after: Cursor, $state: DocumentState) {
  knowledgeBase(name: $name) {
    documents(first: 100, after: $after, state: $state) {
      nodes { key state error { message } versions(first: 1) { nodes { contentSha256 } } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`

export const CREATE_UPLOAD = `mutation ($input: CreateUploadInput!) {
  createUpload(input: $input) {
    ... on CreatedUpload { upload { id } uploadPath }
    ${PROBLEM}
    ... on Overloaded { retryAfterMs }
  }
}`

export const ADD_DOCUMENTS = `mutation ($input: AddDocumentsInput!, $idempotencyKey: String!) {
  addDocuments(input: $input, idempotencyKey: $idempotencyKey) {
    ... on AddedDocuments { task { id } }
    ${PROBLEM}
    ... on Overloaded { retryAfterMs }
  }
}`

export const CANCEL_TASK = `mutation ($input: CancelTaskInput!) {
  cancelTask(input: $input) { ... on Task { id } ${PROBLEM} }
}`

export const FOLLOW_TASK = `subscription ($id: ID!, $after: Cursor) {
  taskEvents(id: $id, after: $after) {
    __typename
    ... on StreamItem { cursor }
    ... on TaskSnapshot { task { progress { done } } }
    ... on TaskChanged { task { progress { done } } }
    ... on StreamGap { snapshot { ... on Task { progress { done } } } }
  }
}`

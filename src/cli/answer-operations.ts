export const START_ANSWER = `mutation ($input: StartAnswerInput!) {
  startAnswer(input: $input) { ... on Answer { id } ... on Problem { code message retryable } }
}`

export const FOLLOW_ANSWER = `subscription ($id: ID!) {
  answerEvents(id: $id) {
    __typename
    ... on AnswerSnapshot { answer { text citations { number answerEnd } } }
    ... on AnswerTextDelta { text }
    ... on AnswerCitationAdded { citation { number } }
  }
}`

export const READ_ANSWER = `query ($id: ID!) {
  answer(id: $id) {
    grounded
    citations {
      number
      quote
      valid
      superseded
      support
      document { title source }
    }
  }
}`

/** First operations, on the status page and in the README. */
export const EXAMPLES: readonly { readonly title: string; readonly text: string }[] = [
  {
    title: 'First query',
    text: `{
  models { name task versions { id version state } }
  server { version health { ready } }
}`,
  },
  {
    title: 'First mutation',
    text: `mutation {
  startPrediction(input: { chat: {
    model: "SmolLM2-135M-Instruct"
    messages: [{ role: USER, content: [{ text: "What is the capital of France?" }] }]
  } }) {
    ... on Prediction { id state }
    ... on Problem { code message }
  }
}`,
  },
  {
    title: 'First subscription (with the id of the prediction)',
    text: `subscription ($id: ID!) {
  predictionEvents(id: $id) {
    __typename
    ... on StreamItem { cursor sequence }
    ... on PredictionSnapshot { prediction { state output { ... on TextOutput { text } } } }
    ... on TokensDelta { text }
    ... on PredictionChanged { prediction { state finishReason } }
    ... on StreamEnd { reason }
  }
}`,
  },
]

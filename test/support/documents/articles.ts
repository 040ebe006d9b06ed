/** What a document of every format says, in one language. */
export interface Article {
  readonly language: string
  readonly title: string
  readonly intro: string
  readonly section: string
  readonly text: string
  readonly items: readonly [string, string]
  readonly table: readonly (readonly [string, string])[]
  readonly note: string
}

export const ARTICLES: readonly Article[] = [
  {
    language: 'English',
    title: 'Keeping bees',
    intro: 'A hive of bees needs little room. It needs a quiet place, though.',
    section: 'In summer',
    text: 'Honey is taken when the combs are capped. Leave enough for the winter.',
    items: ['a smoker', 'a veil'],
    table: [
      ['Month', 'Weight'],
      ['June', '12.5'],
    ],
    note: 'Weights are of one hive.',
  },
  {
    language: 'German',
    title: 'Über das Fußballspiel',
    intro: 'Größe hilft, Übung hilft mehr. Wer täglich läuft, gewinnt.',
    section: 'Ärger vermeiden',
    text: 'Zu fünft übt man für größere Spiele. Süße Getränke bleiben draußen.',
    items: ['Schuhe', 'Trikots „blau“'],
    table: [
      ['Monat', 'Gewicht'],
      ['März', '7'],
    ],
    note: 'Nach § 5 der Ordnung.',
  },
  {
    language: 'Hebrew',
    title: 'גידול דבורים',
    intro: 'כוורת צריכה מעט מקום. היא צריכה גם שקט.',
    section: 'בקיץ',
    text: 'רודים את הדבש בקיץ. משאירים די לחורף.',
    items: ['מעשנה', 'רשת פנים'],
    table: [
      ['חודש', 'משקל'],
      ['יוני', '12'],
    ],
    note: 'המשקל של כוורת אחת.',
  },
  {
    language: 'Japanese',
    title: '養蜂の手引き',
    intro: '巣箱は場所を取りません。静かな所に置きます。',
    section: '夏の仕事',
    text: '蜜は夏に採ります。冬の分を残します。',
    items: ['燻煙器', '面布'],
    table: [
      ['月', '重さ'],
      ['六月', '十二'],
    ],
    note: '重さは一箱分です。',
  },
  {
    language: 'Russian',
    title: 'Пчеловодство',
    intro: 'Улью нужно мало места. Но ему нужна тишина.',
    section: 'Летом',
    text: 'Мёд берут, когда соты запечатаны. На зиму оставляют запас.',
    items: ['дымарь', 'сетка'],
    table: [
      ['Месяц', 'Вес'],
      ['Июнь', '12'],
    ],
    note: 'Вес одного улья.',
  },
]

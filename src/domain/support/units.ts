/** Units of one dimension compare by their factors. */
export interface Unit {
  readonly dimension: string
  readonly factor: number
}

type Names = readonly (readonly [factor: number, names: string])[]

const DIMENSIONS: Readonly<Record<string, Names>> = {
  time: [
    [0.001, 'ms millisecond milliseconds'],
    [1, 's sec secs second seconds sekunde sekunden seconde secondes segundo segundos'],
    [60, 'min mins minute minutes minuten minuto minutos'],
    [3_600, 'h hr hrs hour hours stunde stunden heure heures hora horas'],
    [86_400, 'd day days tag tage tagen jour jours día días'],
    [604_800, 'week weeks woche wochen semaine semaines semana semanas'],
  ],
  calendar: [
    [1, 'month months monat monate monaten mois mes meses'],
    [12, 'year years jahr jahre jahren an ans année années año años'],
    [120, 'decade decades'],
    [1_200, 'century centuries'],
  ],
  length: [
    [0.001, 'mm millimetre millimetres millimeter millimeters'],
    [0.01, 'cm centimetre centimetres centimeter centimeters zentimeter'],
    [1, 'm metre metres meter meters mètre mètres metro metros'],
    [1_000, 'km kilometre kilometres kilometer kilometers kilomètre kilomètres kilómetros'],
    [1_609.344, 'mile miles'],
    [0.3048, 'ft foot feet'],
    [0.0254, 'inch inches'],
    [0.9144, 'yard yards'],
  ],
  mass: [
    [0.000_001, 'mg milligram milligrams milligramm'],
    [0.001, 'g gram grams gramme grammes gramm gramos'],
    [1, 'kg kilo kilos kilogram kilograms kilogramm'],
    [1_000, 't tonne tonnes tonnen'],
  ],
  volume: [
    [0.001, 'ml millilitre millilitres milliliter milliliters'],
    [1, 'l litre litres liter liters litros'],
  ],
  data: [
    [1, 'byte bytes'],
    [1e3, 'kb kilobyte kilobytes'],
    [1e6, 'mb megabyte megabytes'],
    [1e9, 'gb gigabyte gigabytes'],
    [1e12, 'tb terabyte terabytes'],
  ],
  power: [
    [1, 'w watt watts'],
    [1e3, 'kw kilowatt kilowatts'],
    [1e6, 'mw megawatt megawatts'],
    [1e9, 'gw gigawatt gigawatts'],
  ],
  percent: [[1, '% percent percentage prozent pour-cent']],
  celsius: [[1, '°c celsius']],
  fahrenheit: [[1, '°f fahrenheit']],
  euro: [[1, '€ eur euro euros']],
  dollar: [
    [1, '$ usd dollar dollars'],
    [0.01, 'cent cents'],
  ],
  sterling: [[1, '£ gbp']],
  yen: [[1, '¥ jpy yen']],
  franc: [[1, 'chf franc francs franken']],
}

const UNITS: ReadonlyMap<string, Unit> = new Map(
  Object.entries(DIMENSIONS).flatMap(([dimension, units]) =>
    units.flatMap(([factor, names]) => names.split(' ').map((name): [string, Unit] => [name, { dimension, factor }])),
  ),
)

export const unitOf = (word: string): Unit | null => UNITS.get(word.toLowerCase()) ?? null

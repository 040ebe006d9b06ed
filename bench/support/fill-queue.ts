import { fillQueue, openQueue } from './filled-queue.js'

/** Fills a queue: its directory, the name of its case, how many tasks. In a process of its own, for the memory it takes. */
const [directory = '', name = '', count] = process.argv.slice(2)
await using database = await openQueue(directory)
await fillQueue(database.queue, name, Number(count))

import { enqueueEmptyTasks, CLIENT, startEmptyTasks } from './empty-tasks.js'
import { fillQueue, openQueue, TASKS } from './filled-queue.js'

/** Fills a queue: its directory, the name of its case, how many tasks. In a process of its own, for the memory it takes. */
const [directory = '', name = '', count] = process.argv.slice(2)
if (name === TASKS) {
  await using empty = await startEmptyTasks(directory)
  await empty.taskQueues.setPaused(CLIENT, 'bench', true)
  await enqueueEmptyTasks(empty.tasks, Number(count))
} else {
  await using database = await openQueue(directory)
  await fillQueue(database.queue, name, Number(count))
}

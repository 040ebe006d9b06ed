import type { StreamItem } from '../../src/domain/stream.js'

/** The schema's type of a stream's item. */
export const streamItemTypeName =
  <TEvent>(snapshotName: string, eventName: (event: TEvent) => string) =>
  (item: StreamItem<unknown, TEvent>): string => {
    switch (item.type) {
      case 'snapshot':
        return snapshotName
      case 'event':
        return eventName(item.event)
      case 'gap':
        return 'StreamGap'
      case 'end':
        return 'StreamEnd'
    }
  }

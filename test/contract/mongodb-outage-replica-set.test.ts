import { requireMongod } from '../support/mongo.js'
import { runOutageSuite } from './mongodb-outage.suite.js'

runOutageSuite('replica set', await requireMongod())

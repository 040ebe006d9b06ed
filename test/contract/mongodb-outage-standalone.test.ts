import { requireMongod } from '../support/mongo.js'
import { runOutageSuite } from './mongodb-outage.suite.js'

runOutageSuite('standalone', await requireMongod())

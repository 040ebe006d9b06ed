import { choice, flag, text, type Variable } from '../variables.js'
import { anything } from './common.js'

export const services: readonly Variable[] = [
  text(
    'Services',
    'MONGODB_URI',
    { allowed: 'a mongodb:// or mongodb+srv:// address', pattern: /^mongodb(\+srv)?:\/\/[^\s]+$/ },
    {
      description: 'Keeps documents in this MongoDB; without it, in SQLite in the data directory.',
      example: 'mongodb://localhost:27017/graphloom',
      secret: true,
    },
  ),
  text(
    'Services',
    'REDIS_URL',
    { allowed: 'nothing: several servers on one Redis are not supported yet', pattern: /^$/ },
    {
      description: 'Not supported yet; leave it unset.',
      example: '',
      secret: true,
    },
  ),
  text(
    'Services',
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    { allowed: 'an http or https address', pattern: /^https?:\/\/[^\s]+$/ },
    {
      description: 'Sends traces there by OTLP over HTTP; other OTEL_* variables mean what OpenTelemetry says.',
      example: 'http://localhost:4318',
    },
  ),
  text(
    'Services',
    'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    { allowed: 'an http or https address', pattern: /^https?:\/\/[^\s]+$/ },
    {
      description: 'The whole address for traces, when it is not /v1/traces below the endpoint above.',
      example: 'http://localhost:4318/v1/traces',
    },
  ),
  text('Services', 'OTEL_SERVICE_NAME', anything, {
    description: 'Name of this server in traces.',
    example: 'graphloom',
    fallback: 'graphloom',
  }),
  choice(
    'Services',
    'OTEL_TRACES_SAMPLER',
    [
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ],
    {
      description: 'Which traces are sent; OTEL_TRACES_SAMPLER_ARG has the ratio.',
      example: 'parentbased_traceidratio',
      fallback: 'parentbased_always_on',
    },
  ),
  text(
    'Services',
    'OTEL_TRACES_SAMPLER_ARG',
    { allowed: 'a number from 0 to 1', pattern: /^(0(\.\d+)?|1(\.0+)?)$/ },
    {
      description: 'The share of traces that is sent by the samplers with a ratio.',
      example: '0.1',
    },
  ),
  flag('Services', 'OTEL_SDK_DISABLED', {
    description: 'Sends no traces, whatever else is set.',
    example: 'true',
    fallback: 'false',
  }),
]

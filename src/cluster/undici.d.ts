declare module 'undici/lib/dispatcher/agent.js' {
  import type { Agent as AgentType } from 'undici';

  const Agent: typeof AgentType;
  export = Agent;
}
declare module 'undici/lib/dispatcher/proxy-agent.js' {
  import type { ProxyAgent as ProxyAgentType } from 'undici';

  const ProxyAgent: typeof ProxyAgentType;
  export = ProxyAgent;
}
declare module 'undici/lib/core/connect.js' {
  import type { buildConnector as buildConnectorType } from 'undici';

  const buildConnector: typeof buildConnectorType;
  export = buildConnector;
}
declare module 'undici/lib/api/api-request.js' {
  import type { Dispatcher } from 'undici';

  /** `Dispatcher.request` as a function of its own: called with the dispatcher as `this`. */
  const request: (this: Dispatcher, options: Dispatcher.RequestOptions) => Promise<Dispatcher.ResponseData>;
  export = request;
}
declare module 'undici/lib/dispatcher/pool.js' {
  import type { Pool as PoolType } from 'undici';

  const Pool: typeof PoolType;
  export = Pool;
}
declare module 'undici/lib/util/timers.js' {
  /** The clock by which undici's limits are measured; `tick` moves it, for tests. */
  const timers: { tick(ms: number): void };
  export = timers;
}

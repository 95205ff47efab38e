declare module 'undici/lib/dispatcher/agent.js' {
  import type { Agent as AgentType } from 'undici';

  const Agent: typeof AgentType;
  export = Agent;
}
declare module 'undici/lib/api/api-request.js' {
  import type { Dispatcher } from 'undici';

  /** `Dispatcher.request` as a function of its own: called with the dispatcher as `this`. */
  const request: (this: Dispatcher, options: Dispatcher.RequestOptions) => Promise<Dispatcher.ResponseData>;
  export = request;
}

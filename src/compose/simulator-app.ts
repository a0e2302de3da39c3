import type { Config } from '../config/config.js';
import type { TikTokApp } from '../tiktok/client.js';

/**
 * The app that every simulator knows from its first start; it opens nothing else. Written down here too, because the
 * simulator stays out of the servers' memory.
 */
const DEMO_APP = {
  appKey: '6demo0app0key',
  appSecret: 'demo0secret0of0the0simulator0only0000000',
  serviceId: '7480000000000000001',
};

/** The app to use against a simulator, in every role; null where no simulator is allowed. */
export function simulatorAppOf(config: Config): TikTokApp | null {
  if (!config.allowSimulator) return null;
  return {
    environment: 'simulator',
    appKey: config.simulatorAppKey ?? DEMO_APP.appKey,
    appSecret: config.simulatorAppSecret ?? DEMO_APP.appSecret,
    serviceId: config.simulatorServiceId ?? DEMO_APP.serviceId,
  };
}

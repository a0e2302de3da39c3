import { runSimulatorCli } from '../simulator/simulator-cli.js';
import type { Command } from './command.js';

export const simulatorCommand: Command = {
  name: 'simulator',
  usage: '[--port <n>] [--host <address>] [--state-file <file>] [--seed demo|empty] ...',
  summary: 'Run the TikTok Shop simulator alone until Ctrl-C. See simulator --help.',
  async run(args) {
    const simulator = await runSimulatorCli(args);
    if (!simulator) return 0;
    await new Promise<void>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    });
    await simulator.close();
    return 0;
  },
};

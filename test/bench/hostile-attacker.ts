/** Attacks in a process of their own, so that they cost the one who measures nothing but processor time. */
import { attacks, fire, type Target } from './hostile-attacks.js';

export interface AttackTask extends Target {
  attack: string;
  isHostile: boolean;
  seconds: number;
}

export interface AttackAnswer {
  shots: number;
  bytes: number;
}

process.on('message', (task: AttackTask) => void run(task).then((answer) => process.send?.(answer)));

async function run(task: AttackTask): Promise<AttackAnswer> {
  const attack = attacks.find(({ name }) => name === task.attack);
  if (!attack) throw new Error(`There is no attack ${task.attack}.`);
  const answer: AttackAnswer = { shots: 0, bytes: 0 };
  const ends: (() => void)[] = [];
  const startedAt = performance.now();
  await new Promise<void>((resolve) => {
    const tick = setInterval(() => {
      const elapsedMs = performance.now() - startedAt;
      if (elapsedMs >= task.seconds * 1_000) {
        clearInterval(tick);
        resolve();
        return;
      }
      const due = Math.floor((elapsedMs / 1_000) * attack.perSecond) + 1;
      while (answer.shots < due) {
        const shot = (task.isHostile ? attack.hostile : attack.harmless)(task, answer.shots);
        ends.push(fire(task.port, shot));
        answer.shots += 1;
        answer.bytes += shot.bytes.length;
      }
    }, 5);
  });
  for (const end of ends) end();
  return answer;
}

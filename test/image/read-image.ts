/** What the Dockerfile says of the image, as far as it can be had without Docker. */
export interface Image {
  /** The command that installs its packages. */
  install: string;
  /** What its last stage copies, by its path in the repository; `node_modules` is what `install` makes. */
  files: string[];
  /** The command that it runs, such as `['node', 'dist/src/main.js']`. */
  command: string[];
}

/** @throws when a part of it is not written as this reader knows it */
export function readImage(dockerfile: string): Image {
  const stages = dockerfile.replace(/\\\n/g, ' ').split(/^FROM /m);
  const last = stages.at(-1) ?? '';
  const install = /^RUN (npm ci .*--omit.*)$/m.exec(dockerfile.replace(/\\\n/g, ' '))?.[1]?.trim();
  const command = /^CMD (\[.*\])$/m.exec(last)?.[1];
  // The last word of a COPY is where it goes to; `/app` is the root of the repository in every stage.
  const files = [...last.matchAll(/^COPY (?:--from=\S+ )?(.+) \S+$/gm)].flatMap(([, names = '']) =>
    names.split(/\s+/).map((name) => name.replace(/^\/app\//, '')),
  );
  if (!install || !command || files.length < 3) throw new Error('The Dockerfile is not as it was.');
  return { install, command: JSON.parse(command) as string[], files };
}

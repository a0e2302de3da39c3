/** The package brings no types: ssh2-api.ts has what is used of it. */
declare module 'ssh2';

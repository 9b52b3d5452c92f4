/** Returns a function that completes a command in a hint, so that it addresses the instance. */
export function withInstance(instance: string): (command: string) => string {
  return (command) => (instance === 'default' ? `healer ${command}` : `healer ${command} --instance ${instance}`);
}

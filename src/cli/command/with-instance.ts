/** Makes the commands that hints name fit the instance that is spoken of. */
export function withInstance(instance: string): (command: string) => string {
  return (command) => (instance === 'default' ? `healer ${command}` : `healer ${command} --instance ${instance}`);
}

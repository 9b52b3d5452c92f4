/** The note on log files of another manager. */
export const OWN_LOG = 'healer writes stdout and stderr to logs/<id>/current.log; "healer logs" shows them';

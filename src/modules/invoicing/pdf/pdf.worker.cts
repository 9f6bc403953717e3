// Piscina loads a worker with `require`, and counts it as ready when the exported promise resolves: fonts are loaded
// before the first document, and a failure to load is a failure of the worker. This is an `import`, because when Node
// requires an ECMAScript module it stops the whole process if the thread is terminated meanwhile.
const render = import('./worker-task.js').then((module) => module.default)

export = render

// Piscina loads a worker with `require` and treats it as ready when the exported promise resolves. Fonts are therefore
// loaded before the first document, and a failure to load them is a failure of the worker. The task is loaded with
// `import`, because Node stops the whole process if a thread is terminated while it requires an ECMAScript module.
const render = import('./worker-task.js').then((module) => module.default)

export = render

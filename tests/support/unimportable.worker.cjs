/** Fails only after Node has loaded the file, as a missing font does. */
module.exports = Promise.reject(new Error('this worker cannot be loaded'))

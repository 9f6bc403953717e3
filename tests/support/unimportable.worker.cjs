/** A worker that fails after Node has loaded its file, as with a missing font. */
module.exports = Promise.reject(new Error('this worker cannot be loaded'))

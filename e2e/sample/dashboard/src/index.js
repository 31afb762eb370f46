console.log(require('isarray')([]));

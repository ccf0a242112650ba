return {1, ...}

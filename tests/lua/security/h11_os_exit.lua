-- EXPECT: error -- os.exit is no way out
os.exit(0)

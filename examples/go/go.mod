module example.org/keystone

go 1.18

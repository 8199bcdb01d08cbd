//! Test only: network namespaces, real peers as processes, sound without hardware.
